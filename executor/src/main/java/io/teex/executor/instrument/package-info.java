/**
 * What is done to a service's module before any engine sees it: checking, then injecting the
 * meters. Pure functions from bytes to bytes.
 */
@NullMarked
package io.teex.executor.instrument;

import org.jspecify.annotations.NullMarked;
