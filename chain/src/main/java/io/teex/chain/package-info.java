@NullMarked
package io.teex.chain;

import org.jspecify.annotations.NullMarked;
