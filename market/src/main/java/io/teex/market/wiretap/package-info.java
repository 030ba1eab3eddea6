@NullMarked
package io.teex.market.wiretap;

import org.jspecify.annotations.NullMarked;
