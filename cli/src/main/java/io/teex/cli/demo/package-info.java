@NullMarked
package io.teex.cli.demo;

import org.jspecify.annotations.NullMarked;
