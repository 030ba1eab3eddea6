/** Fakes for the tests of modules that use a store; no other code may depend on them. */
@NullMarked
package io.teex.teeds.testing;

import org.jspecify.annotations.NullMarked;
