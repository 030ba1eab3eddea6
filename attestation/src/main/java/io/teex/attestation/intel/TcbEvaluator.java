package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.Reason;
import io.teex.attestation.TcbPolicy;
import io.teex.attestation.intel.TcbEvaluation.Module;
import io.teex.attestation.intel.TcbEvaluation.Relaunch;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the levels that a platform is at. What matches no level is refused for that, which is not
 * the same as out of date: nobody vouches for it at all.
 */
final class TcbEvaluator {
  /**
   * The SVN of the SEAM loader; those before it are the module's, which may have its own levels.
   */
  private static final int LOADER = 2;

  private static final Set<TcbStatus> GOOD =
      EnumSet.of(
          TcbStatus.UP_TO_DATE,
          TcbStatus.SW_HARDENING_NEEDED,
          TcbStatus.CONFIGURATION_NEEDED,
          TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED);

  private final PckExtension platform;
  private final QuoteBody body;
  private final SgxReport qeReport;
  private final TcbInfo tcbInfo;
  private final QeIdentity qeIdentity;

  TcbEvaluator(PckExtension platform, Quote quote, TcbInfo tcbInfo, QeIdentity qeIdentity) {
    this.platform = platform;
    this.body = quote.body();
    this.qeReport = quote.signature().qeReport();
    this.tcbInfo = tcbInfo;
    this.qeIdentity = qeIdentity;
  }

  /** Of the TCB recovery that the platform's levels belong to. */
  long evaluationNumber() {
    return tcbInfo.evaluationNumber();
  }

  /** The two documents come separately, and the older one must not be used to hide a recovery. */
  void requireRecentQeIdentity(TcbPolicy policy, Checks checks) {
    checks.require(
        qeIdentity.evaluationNumber() >= policy.evaluationNumberMin(),
        "qe-identity-evaluation",
        Reason.SVN_TOO_LOW,
        () ->
            "the QE identity is of TCB evaluation %d, at least %d is wanted"
                .formatted(qeIdentity.evaluationNumber(), policy.evaluationNumberMin()));
  }

  /** The levels of all parts, each a step of its own; nothing if one of them has none. */
  Optional<TcbEvaluation> evaluate(Proof proof) {
    Reached<PlatformLevel> level = proof.attempt("tcb-level", this::platformLevel);
    Optional<Module> module =
        body instanceof TdReport report
            ? proof.attempt("tdx-module", () -> module(report))
            : Optional.empty();
    Reached<IsvLevel> qe = proof.attempt("qe-level", this::qeLevel);
    return level == null || module == null || qe == null
        ? Optional.empty()
        : Optional.of(evaluation(level, module, qe));
  }

  private TcbEvaluation evaluation(
      Reached<PlatformLevel> level, Optional<Module> module, Reached<IsvLevel> qe) {
    Relaunch relaunch =
        body instanceof TdReport report ? relaunch(report, level, module, qe) : Relaunch.NO;
    return new TcbEvaluation(level, module.orElse(null), qe, relaunch, tcbInfo.evaluationNumber());
  }

  private Reached<PlatformLevel> platformLevel() throws Refused {
    return Reached.first(tcbInfo.levels(), this::isReached)
        .orElseThrow(() ->
            new Refused(
                Reason.TCB_LEVEL_NOT_FOUND,
                "the platform with components %s, PCESVN %d reaches none of the %d levels"
                    .formatted(platform.components(), platform.pceSvn(), tcbInfo.levels().size())));
  }

  private boolean isReached(PlatformLevel level) {
    return level.isReachedBy(platform)
        && switch (body) {
          case SgxReport sgx -> true;
          case TdReport td ->
              level.isReachedBy(td.teeTcbSvn(), hasOwnLevels(td.teeTcbSvn()) ? LOADER : 0);
        };
  }

  private Reached<IsvLevel> qeLevel() throws Refused {
    return Reached.first(qeIdentity.levels(), level -> qeReport.isvSvn() >= level.isvSvn())
        .orElseThrow(() ->
            new Refused(
                Reason.QE_IDENTITY_MISMATCH,
                "a quoting enclave of ISVSVN %d is not supported".formatted(qeReport.isvSvn())));
  }

  /** The module's level, or nothing for the first module, which the platform's levels judge. */
  private Optional<Module> module(TdReport report) throws Refused {
    Bytes svn = report.teeTcbSvn();
    TdxModuleIdentity identity =
        tcbInfo
            .module(svn)
            .filter(known -> known.matches(report))
            .orElseThrow(() ->
                new Refused(
                    Reason.TDX_MODULE_MISMATCH,
                    "no identity of the TDX module of version %d, MRSIGNERSEAM %s, SEAMATTRIBUTES %s"
                        .formatted(
                            svn.at(1) & 0xff, report.mrSignerSeam(), report.seamAttributes())));
    if (!hasOwnLevels(svn)) {
      return Optional.empty();
    }
    return Optional.of(
        new Module(
            identity.id(),
            Reached.first(identity.levels(), level -> isvSvn(svn) >= level.isvSvn())
                .orElseThrow(() ->
                    new Refused(
                        Reason.TDX_MODULE_MISMATCH,
                        "%s of ISVSVN %d is not supported"
                            .formatted(identity.id(), isvSvn(svn))))));
  }

  /**
   * Whether the trust domain was started before its platform was patched, so that starting it again
   * would make it current. Known of reports of version 1.5 only, which tell what runs now.
   */
  private Relaunch relaunch(
      TdReport report,
      Reached<PlatformLevel> level,
      Optional<Module> module,
      Reached<IsvLevel> qe) {
    TcbStatus moduleStatus =
        module.map(known -> known.level().status()).orElse(TcbStatus.UP_TO_DATE);
    TcbStatus domain = TcbEvaluation.converge(level.status(), moduleStatus);
    TcbStatus sgx =
        Reached.first(tcbInfo.levels(), candidate -> candidate.isReachedBy(platform))
            .map(Reached::status)
            .orElse(TcbStatus.UNKNOWN);
    boolean advised =
        qe.status() == TcbStatus.UP_TO_DATE
            && GOOD.contains(sgx)
            && domain.isOutOfDate()
            && moduleStatus == TcbStatus.OUT_OF_DATE
            && report.teeTcbSvn2().filter(this::isNewest).isPresent();
    if (!advised) {
      return Relaunch.NO;
    }
    boolean configure =
        domain == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED
            || sgx == TcbStatus.CONFIGURATION_NEEDED
            || sgx == TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED;
    return configure ? Relaunch.ADVISED_CONFIGURATION_NEEDED : Relaunch.ADVISED;
  }

  private boolean isNewest(Bytes svn) {
    PlatformLevel newest = tcbInfo.levels().getFirst();
    if ((svn.at(LOADER) & 0xff) < newest.tdxComponents().get(LOADER)) {
      return false;
    }
    if (!hasOwnLevels(svn)) {
      return newest.isReachedBy(svn, 0);
    }
    return tcbInfo
        .module(svn)
        .filter(identity ->
            !identity.levels().isEmpty() && isvSvn(svn) >= identity.levels().getFirst().isvSvn())
        .isPresent();
  }

  /** The first module has no version, and no levels of its own. */
  private static boolean hasOwnLevels(Bytes teeTcbSvn) {
    return teeTcbSvn.at(1) != 0;
  }

  private static int isvSvn(Bytes teeTcbSvn) {
    return teeTcbSvn.at(0) & 0xff;
  }
}
