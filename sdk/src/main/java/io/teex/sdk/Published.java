package io.teex.sdk;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ServiceId;

/**
 * A service that is listed.
 *
 * @param publicKey to which inputs are sealed
 */
public record Published(ServiceId service, int version, Bytes32 imageDigest, Bytes32 publicKey) {}
