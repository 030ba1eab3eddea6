package io.teex.dispatcher;

/**
 * A task that a landed batch covers.
 *
 * @param in where
 */
record SettledTask(Task task, SettledIn in) {}
