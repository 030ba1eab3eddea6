package io.teex.teeds;

import java.util.List;

/**
 * What a replica held at a position of its log.
 *
 * @param segment that continues the log from there
 * @param requests that are remembered, oldest first
 */
record Snapshot(
    Position position, long segment, View view, List<StateMachine.Remembered> requests) {}
