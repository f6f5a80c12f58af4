// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One connection of a client: one call at a time.
// What a close or a write came to shows in channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientConnection extends SimpleChannelInboundHandler<FullHttpResponse> {

  /// What a server sent before it closed is read within this time.
  private static final Duration LAST_WORDS = Duration.ofMillis(100);

  private final String authority;
  private volatile @Nullable Channel channel;
  private volatile boolean usable = true;
  private volatile boolean answerBegan;

  /// Why the connection can no longer be used, once that is so; set before `pending` is completed.
  private volatile @Nullable Throwable broken;

  /// Of the call under way; completed on the event loop.
  private volatile CompletableFuture<HttpAnswer> pending = new CompletableFuture<>();

  /// How a call on this connection ended.
  ///
  /// @param answerBegan whether anything of an answer came
  record Exchange(HttpResult result, boolean answerBegan) {}

  ClientConnection(String authority) {
    this.authority = authority;
  }

  /// Whether another call can be sent.
  boolean isUsable() {
    @Nullable Channel current = channel;
    return usable && current != null && current.isActive();
  }

  void close() {
    usable = false;
    @Nullable Channel current = channel;
    if (current != null) {
      current.close();
    }
  }

  /// Sends and waits. Anything but an answer leaves the connection closed.
  Exchange exchange(HttpCall call, Duration timeout) {
    @Nullable Channel current = channel;
    if (current == null) {
      return new Exchange(new HttpResult.Unreachable("the connection is closed"), false);
    }
    CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    answerBegan = false;
    pending = answer;
    @Nullable Throwable cause = broken;
    if (cause != null) {
      answer.completeExceptionally(cause);
    } else {
      current
          .writeAndFlush(Calls.request(call, authority))
          .addListener(
              written -> {
                if (!written.isSuccess()) {
                  failLater(current, answer, written.cause());
                }
              });
    }
    HttpResult result = await(answer, timeout);
    switch (result) {
      case HttpResult.Answered _ -> {}
      case HttpResult.Unreachable _, HttpResult.TimedOut _ -> close();
    }
    return new Exchange(result, answerBegan);
  }

  /// A failed write says little; what the server said before it closed says more, and is read
  /// first.
  private static void failLater(
      Channel channel, CompletableFuture<HttpAnswer> answer, @Nullable Throwable cause) {
    channel
        .eventLoop()
        .schedule(
            () ->
                answer.completeExceptionally(cause == null ? new ClosedChannelException() : cause),
            LAST_WORDS.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static HttpResult await(CompletableFuture<HttpAnswer> answer, Duration timeout) {
    try {
      return new HttpResult.Answered(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException _) {
      return new HttpResult.TimedOut("no answer within " + timeout.toMillis() + " ms");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new HttpResult.Unreachable("interrupted");
    } catch (ExecutionException e) {
      return new HttpResult.Unreachable(Failures.reason(e.getCause() == null ? e : e.getCause()));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      exceptionCaught(context, new IOException("the answer is not HTTP/1.1"));
      return;
    }
    if (!HttpUtil.isKeepAlive(response)) {
      usable = false;
    }
    if (response.status().code() < 200 || response.status().code() > 599) {
      exceptionCaught(
          context, new IOException("the answer has the status " + response.status().code()));
    } else {
      pending.complete(Calls.answer(response));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(new ClosedChannelException());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(cause);
    context.close();
  }

  /// The first cause is the one that tells.
  private void fail(Throwable cause) {
    usable = false;
    if (broken == null) {
      broken = cause;
    }
    pending.completeExceptionally(cause);
  }

  /// Notes that something of an answer came, before it is whole.
  static final class AnswerBegins extends ChannelInboundHandlerAdapter {

    private final ClientConnection connection;

    AnswerBegins(ClientConnection connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      connection.answerBegan = true;
      context.fireChannelRead(message);
    }
  }
}
