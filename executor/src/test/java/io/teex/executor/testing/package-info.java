@NullMarked
package io.teex.executor.testing;

import org.jspecify.annotations.NullMarked;
