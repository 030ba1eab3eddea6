/** Chain, store and workers that behave, for tests. */
@NullMarked
package io.teex.dispatcher.testing;

import org.jspecify.annotations.NullMarked;
