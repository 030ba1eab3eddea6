/** Evidence for callers that cannot speak over an attested channel, such as browsers. */
@NullMarked
package io.teex.rpc.web;

import org.jspecify.annotations.NullMarked;
