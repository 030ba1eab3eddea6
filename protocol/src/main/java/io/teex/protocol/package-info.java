@NullMarked
package io.teex.protocol;

import org.jspecify.annotations.NullMarked;
