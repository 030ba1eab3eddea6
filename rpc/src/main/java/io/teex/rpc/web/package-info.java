/**
 * For callers that cannot speak over an attested channel, such as browsers: evidence over HTTP that
 * binds an HPKE key, calls that are sealed to it, and their client in Java.
 */
@NullMarked
package io.teex.rpc.web;

import org.jspecify.annotations.NullMarked;
