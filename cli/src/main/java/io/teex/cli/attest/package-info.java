@NullMarked
package io.teex.cli.attest;

import org.jspecify.annotations.NullMarked;
