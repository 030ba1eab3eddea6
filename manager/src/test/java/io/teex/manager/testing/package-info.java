/** Fakes and builders of the manager's tests. */
@NullMarked
package io.teex.manager.testing;

import org.jspecify.annotations.NullMarked;
