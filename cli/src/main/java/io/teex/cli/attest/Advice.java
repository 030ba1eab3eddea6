package io.teex.cli.attest;

import io.teex.attestation.Reason;
import io.teex.protocol.TeeKind;
import java.util.Optional;

/** What a person can do about a reason, where that is not plain. */
final class Advice {
  private Advice() {}

  static Optional<String> on(Reason reason, TeeKind kind) {
    return Optional.ofNullable(
        switch (reason) {
          case COLLATERAL_MISSING, CRL_MISSING ->
              kind == TeeKind.SNP
                  ? "give --vek FILE: the VCEK or VLEK certificate of this machine, which its"
                      + " extended report or AMD's key distribution service has"
                  : "give --collateral FILE: TCB information, QE identity and revocation lists of"
                      + " this platform (its FMSPC), as Intel's provisioning service hands them out";
          case COLLATERAL_EXPIRED, CRL_EXPIRED ->
              "fetch newer collateral, or judge the past with --at TIME";
          case COLLATERAL_NOT_YET_VALID ->
              "the collateral is newer than --at: judge a later time, or give older collateral";
          case CERTIFICATE_EXPIRED ->
              "judge the time at which it was made with --at TIME, if you know from elsewhere that"
                  + " it is fresh";
          case COLLATERAL_MISMATCH -> "the collateral is of another platform: fetch this one's";
          case VEK_CHAIN_INVALID, VEK_TCB_MISMATCH, CHIP_ID_MISMATCH ->
              "give with --vek the certificate of this very machine at its REPORTED_TCB";
          case CERTIFICATE_INVALID ->
              kind == TeeKind.SNP ? "give with --vek one VCEK or VLEK, in DER or PEM" : null;
          case REPORT_DATA_MISMATCH ->
              "do not trust the key or nonce that it came with: it was made for another one";
          case UNSUPPORTED_CERTIFICATION_DATA ->
              "have the quote made with its PCK certificate chain inside (certification data 5)";
          case TCB_STATUS ->
              "have the platform updated; a policy can accept a status, advisories by name, or a"
                  + " time of grace";
          case DEBUG_ENABLED -> "nothing: whoever runs it can read all it holds";
          case KIND_NOT_ALLOWED ->
              kind == TeeKind.SIMULATED
                  ? "simulated TEEs protect nothing; for development, give the --policy that names"
                      + " this one's root"
                  : "name the kind in the policy's kinds";
          case MEASUREMENT_NOT_ALLOWED ->
              "compare the measurement with that of the code you mean, then name it in the policy";
          default -> null;
        });
  }
}
