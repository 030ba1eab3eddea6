@NullMarked
package io.teex.sdk;

import org.jspecify.annotations.NullMarked;
