/** The manager's root of all keys and what is derived from it. */
@NullMarked
package io.teex.manager.keys;

import org.jspecify.annotations.NullMarked;
