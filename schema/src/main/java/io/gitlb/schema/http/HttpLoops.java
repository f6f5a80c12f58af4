// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/// The few threads that do the input and output of all servers and clients of a program. Nothing
/// that blocks runs on them.
public final class HttpLoops implements AutoCloseable {

  private final MultiThreadIoEventLoopGroup group;

  private HttpLoops(MultiThreadIoEventLoopGroup group) {
    this.group = group;
  }

  /// @param threads one carries several hundred connections
  public static HttpLoops open(int threads) {
    return new HttpLoops(
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("gitlb-http", true), NioIoHandler.newFactory()));
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  /// Ends the threads, and with them every connection that is still there.
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
