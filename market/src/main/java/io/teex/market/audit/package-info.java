@NullMarked
package io.teex.market.audit;

import org.jspecify.annotations.NullMarked;
