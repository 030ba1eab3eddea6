/**
 * How secrets are sealed: the formats that a sender and a receiver in different roles share. Every
 * blob has a key of its own; keys travel over attested channels or by {@link
 * io.teex.protocol.seal.Hpke}.
 */
@NullMarked
package io.teex.protocol.seal;

import org.jspecify.annotations.NullMarked;
