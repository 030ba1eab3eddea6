package io.teex.sdk;

import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.Signed;

/**
 * What came of a replay.
 *
 * @param report signed by the worker that executed the task again; may be shown beside the receipt
 * @param sameMachine whether that worker is on the machine of the one that was doubted, as far as
 *     certificates tell
 */
public record ReplayResult(
    Signed<ReplayReport> report, ReplayVerdict verdict, boolean sameMachine) {}
