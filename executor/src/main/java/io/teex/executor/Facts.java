package io.teex.executor;

/**
 * @param engine name and version, such as {@code v8-11.3.244/node-20.20.2}
 * @param osSandbox false if the operating system's walls were switched off: then whatever breaks
 *     the engine has the rights of the worker
 */
public record Facts(String engine, boolean osSandbox) {}
