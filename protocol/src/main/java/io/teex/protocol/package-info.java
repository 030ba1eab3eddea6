/**
 * The words and rules of TEEX that every role shares: values, EIP-712 typed data, signatures,
 * commitments, prices and sealed formats. Pure functions over immutable values; nothing here
 * touches a file, a socket, a clock or a source of randomness that was not passed in.
 */
@NullMarked
package io.teex.protocol;

import org.jspecify.annotations.NullMarked;
