/* What Wine 8 lacks, and the standard library of Rust wants: bcryptprimitives.dll with this one function. */
#include <windows.h>

/* RtlGenRandom, of advapi32. */
BOOLEAN WINAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length)
{
    return SystemFunction036(bytes, (ULONG)length);
}
