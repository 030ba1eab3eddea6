@NullMarked
package io.teex.rpc;

import org.jspecify.annotations.NullMarked;
