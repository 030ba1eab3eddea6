package io.teex.attestation;

import io.teex.protocol.Role;

/** What the verifier itself knows the evidence has to vouch for. */
public record Expected(ReportData reportData, Role role) {}
