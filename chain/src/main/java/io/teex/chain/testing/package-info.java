/** Markets for tests of other modules. */
@org.jspecify.annotations.NullMarked
package io.teex.chain.testing;
