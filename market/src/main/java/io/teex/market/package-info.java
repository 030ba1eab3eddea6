@NullMarked
package io.teex.market;

import org.jspecify.annotations.NullMarked;
