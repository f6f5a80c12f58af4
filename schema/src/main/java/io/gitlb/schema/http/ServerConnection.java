// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// One connection of a server, on its event loop: collects a request, has it answered, writes the
/// answer, and only then asks for more.
// What a close or a write came to shows in channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class ServerConnection extends ChannelInboundHandlerAdapter {

  private final ServerConnections connections;
  private Phase phase = Phase.RECEIVING;
  private ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable HttpRequest head;
  private @Nullable Future<?> deadline;

  /// What was read while a call is answered: the beginning of the next request.
  private final Deque<Object> early = new ArrayDeque<>();

  private enum Phase {
    /// Between the end of an answer and the end of the next request.
    RECEIVING,
    /// The handler works; the next request stays outside.
    ANSWERING,
    /// The request was refused and the answer is out; what still comes is thrown away.
    DISCARDING
  }

  ServerConnection(ServerConnections connections) {
    this.connections = connections;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      start(context);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    start(context);
  }

  private void start(ChannelHandlerContext context) {
    if (deadline == null) {
      arm(context, connections.limits().request());
      connections.opened(context.channel());
      context.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    disarm();
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    connections.closed(context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (phase == Phase.ANSWERING) {
      // Until here was read on, only to notice when the client goes.
      early.add(message);
      context.channel().config().setAutoRead(false);
    } else {
      consume(context, message);
    }
  }

  private void consume(ChannelHandlerContext context, Object message) {
    try {
      switch (phase) {
        case RECEIVING -> receive(context, message);
        case ANSWERING, DISCARDING -> {}
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void receive(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      head = request;
      body = new ByteArrayOutputStream();
      connections.busy(context.channel());
      if (request.decoderResult().isFailure()) {
        refuse(context, explain(request.decoderResult().cause()));
      } else if (HttpUtil.getContentLength(request, 0L) > connections.limits().bodyBytes()) {
        refuse(context, tooLarge());
      } else if (HttpUtil.is100ContinueExpected(request)) {
        context.writeAndFlush(answer(HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
    }
    if (phase == Phase.RECEIVING && message instanceof HttpContent content) {
      collect(context, content);
    }
  }

  private void collect(ChannelHandlerContext context, HttpContent content) {
    if (content.decoderResult().isFailure()) {
      refuse(context, explain(content.decoderResult().cause()));
      return;
    }
    ByteBuf octets = content.content();
    if (body.size() + octets.readableBytes() > connections.limits().bodyBytes()) {
      refuse(context, tooLarge());
      return;
    }
    byte[] chunk = new byte[octets.readableBytes()];
    octets.readBytes(chunk);
    body.writeBytes(chunk);
    if (content instanceof LastHttpContent && head != null) {
      answer(context, head);
    }
  }

  private void answer(ChannelHandlerContext context, HttpRequest request) {
    disarm();
    Calls.Parsed parsed =
        Calls.parse(
            request,
            HttpBody.of(body.toByteArray()),
            callers(context),
            Optional.of(((SocketChannel) context.channel()).remoteAddress())
                .map(InetSocketAddress::getAddress));
    body = new ByteArrayOutputStream();
    switch (parsed) {
      case Calls.Parsed.Call(HttpCall call) -> {
        phase = Phase.ANSWERING;
        connections.run(
            call, answer -> context.executor().execute(() -> write(context, request, answer)));
      }
      case Calls.Parsed.Bad(HttpAnswer answer) -> refuse(context, answer);
    }
  }

  private void write(ChannelHandlerContext context, HttpRequest request, HttpAnswer answer) {
    boolean goesOn = HttpUtil.isKeepAlive(request) && !connections.isClosing();
    FullHttpResponse response = Calls.response(answer);
    if (request.method().name().equals("HEAD")) {
      response = response.replace(Unpooled.EMPTY_BUFFER);
    }
    HttpUtil.setKeepAlive(response, goesOn);
    arm(context, connections.limits().response());
    context
        .writeAndFlush(response)
        .addListener(
            (ChannelFuture written) -> {
              connections.ended(answer);
              if (written.isSuccess() && goesOn) {
                next(context);
              } else {
                written.channel().close();
              }
            });
  }

  private void next(ChannelHandlerContext context) {
    head = null;
    phase = Phase.RECEIVING;
    arm(context, connections.limits().idle());
    connections.idle(context.channel());
    while (phase == Phase.RECEIVING && !early.isEmpty()) {
      consume(context, early.remove());
    }
    if (phase == Phase.RECEIVING) {
      context.channel().config().setAutoRead(true);
    }
  }

  /// Says why and closes. What the client is still sending is read away, so that it gets to see the
  /// answer; the deadline ends that.
  private void refuse(ChannelHandlerContext context, HttpAnswer answer) {
    phase = Phase.DISCARDING;
    FullHttpResponse response = Calls.response(connections.refused(answer));
    HttpUtil.setKeepAlive(response, false);
    arm(context, Duration.ofSeconds(1));
    context
        .writeAndFlush(response)
        .addListener(
            _ -> {
              @Nullable SslHandler ssl = context.pipeline().get(SslHandler.class);
              if (ssl != null) {
                ssl.closeOutbound();
              } else {
                ((SocketChannel) context.channel()).shutdownOutput();
              }
            });
  }

  private HttpAnswer tooLarge() {
    return HttpAnswer.text(
        413, "the body may have up to " + connections.limits().bodyBytes() + " octets");
  }

  private HttpAnswer explain(Throwable cause) {
    return switch (cause) {
      case TooLongHttpHeaderException _ ->
          HttpAnswer.text(
              431, "the headers may have up to " + connections.limits().headerBytes() + " octets");
      case TooLongHttpLineException _ -> HttpAnswer.text(414, "the request line is too long");
      default -> HttpAnswer.text(400, "this is not HTTP/1.1");
    };
  }

  /// The names that let the client in.
  private SortedSet<String> callers(ChannelHandlerContext context) {
    @Nullable SslHandler ssl = context.pipeline().get(SslHandler.class);
    if (ssl == null || connections.callers().isEmpty()) {
      return Collections.emptySortedSet();
    }
    try {
      X509Certificate certificate =
          (X509Certificate) ssl.engine().getSession().getPeerCertificates()[0];
      return connections.callers().get().matching(PeerNameCheck.dnsNames(certificate));
    } catch (SSLPeerUnverifiedException _) {
      return Collections.emptySortedSet();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connections.complain(
        "connection from "
            + context.channel().remoteAddress()
            + " closed: "
            + Failures.reason(cause));
    context.close();
  }

  private void arm(ChannelHandlerContext context, Duration time) {
    disarm();
    Channel channel = context.channel();
    deadline =
        context.executor().schedule(() -> channel.close(), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void disarm() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static FullHttpResponse answer(HttpResponseStatus status, ByteBuf content) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
    return response;
  }
}
