@NullMarked
package io.teex.executor;

import org.jspecify.annotations.NullMarked;
