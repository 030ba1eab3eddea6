package io.teex.protocol;

/** What one data set's owner gets for one use under one licence. */
public record DatasetCharge(DatasetId id, Bytes32 licenceDigest, Address payee, Amount amount) {}
