package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;

/**
 * A contract that was deployed.
 *
 * @param contract name of its artifact
 * @param arguments of its constructor, encoded
 * @param transaction that created it
 */
public record Created(
    String contract, Address address, Bytes arguments, Bytes32 transaction, long gasUsed) {}
