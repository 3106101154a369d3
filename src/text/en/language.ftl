### How this language calls itself, and how it writes numbers and dates

language-name = English
# Between each three digits of a large number.
language-group = ,
# Between a number's whole and its part.
language-point = .
# A day and time of day, in the terms of strftime.
language-date = %Y-%m-%d %H:%M
# A time of the same day, and another day.
language-time = %H:%M
language-day = %Y-%m-%d
