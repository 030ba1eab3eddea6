/**
 * The Java client: what users, Service Providers and Data Providers do in a market. It runs on
 * their own machines and trusts no other: every node is judged by its evidence, every answer by its
 * signatures and commitments, before anything secret leaves or any result is believed. Calls block;
 * they are safe from many threads.
 */
@NullMarked
package io.teex.sdk;

import org.jspecify.annotations.NullMarked;
