package io.teex.executor.endive;

/** One task as the worker sent it. The arrays are this process's own. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; they are large, and not copied.
record GuestTask(
    long fuelLimit,
    int memoryPages,
    int outputBytesMax,
    int hostCallCost,
    int eightBytesCost,
    byte[] seed,
    byte[] input,
    RemoteDataset[] datasets,
    Inferred.Models models) {}
