package io.teex.attestation.source;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;

/**
 * Evidence together with what the platform gave along with it, such as the certificate of its key.
 * That comes from the host, so it is worth no more than any other collateral.
 */
public record Endorsed(Evidence evidence, Collateral collateral) {}
