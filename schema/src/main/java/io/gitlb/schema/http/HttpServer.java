// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP/1.1 server: see the package for what it grants and to whom.
// What a close or a write came to shows in channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
public final class HttpServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /// Connections that the kernel completes before we take them.
  private static final int BACKLOG = 128;

  private final Channel listener;
  private final ServerConnections connections;

  private HttpServer(Channel listener, ServerConnections connections) {
    this.listener = listener;
    this.connections = connections;
  }

  /// Reads the PEM files, binds and listens.
  public static HttpServerStart start(
      HttpLoops loops, HttpServerSettings settings, HttpHandler handler) {
    return switch (settings.security()) {
      case ServerSecurity.Plaintext() ->
          isLoopback(settings.address())
              ? listen(loops, settings, handler, Optional.empty(), Optional.empty())
              : new HttpServerStart.Refused(
                  "without TLS the server listens on loopback addresses only, not on "
                      + text(settings.address())
                      + ": give it a certificate, or an address such as 127.0.0.1 or ::1");
      case ServerSecurity.ServerTls(TlsIdentity identity) ->
          listen(loops, settings, handler, identity, Optional.empty());
      case ServerSecurity.MutualTls(TlsIdentity identity, PeerNames callers) ->
          listen(loops, settings, handler, identity, Optional.of(callers));
    };
  }

  private static HttpServerStart listen(
      HttpLoops loops,
      HttpServerSettings settings,
      HttpHandler handler,
      TlsIdentity identity,
      Optional<PeerNames> callers) {
    return switch (TlsContexts.open(identity, new TlsContexts.Role.Server(callers))) {
      case TlsContexts.Opened.Usable(TlsContexts contexts) ->
          listen(loops, settings, handler, Optional.of(contexts), callers);
      case TlsContexts.Opened.Unusable(String message) -> new HttpServerStart.Refused(message);
    };
  }

  private static HttpServerStart listen(
      HttpLoops loops,
      HttpServerSettings settings,
      HttpHandler handler,
      Optional<TlsContexts> tls,
      Optional<PeerNames> callers) {
    ServerConnections connections = new ServerConnections(handler, settings.limits(), callers);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(new Accept(connections, tls))
            .bind(settings.address())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      return new HttpServerStart.Refused(
          "cannot listen on " + text(settings.address()) + ": " + Failures.reason(bound.cause()));
    }
    LOG.info("listening on {}", text((InetSocketAddress) bound.channel().localAddress()));
    return new HttpServerStart.Listening(new HttpServer(bound.channel(), connections));
  }

  /// The address that is listened on, with the port that was found free when 0 was asked for.
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /// The port of [#address()].
  public int port() {
    return address().getPort();
  }

  /// Takes no new connections, lets calls under way end within the grace, then cuts them off.
  @Override
  public void close() {
    connections.beginClosing();
    listener.close().awaitUninterruptibly();
    connections.close();
  }

  static boolean isLoopback(InetSocketAddress address) {
    InetAddress resolved = address.getAddress();
    return resolved != null && resolved.isLoopbackAddress();
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + " port " + address.getPort();
  }

  /// Sets up each accepted connection. TLS files are looked at on a virtual thread; until that is
  /// done nothing is read.
  private static final class Accept extends ChannelInitializer<SocketChannel> {

    private final ServerConnections connections;
    private final Optional<TlsContexts> tls;

    Accept(ServerConnections connections, Optional<TlsContexts> tls) {
      this.connections = connections;
      this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      if (tls.isEmpty()) {
        addHandlers(channel, Optional.empty());
        return;
      }
      TlsContexts contexts = tls.get();
      Thread.ofVirtual()
          .name("gitlb-http-tls")
          .start(
              () -> {
                SslContext context = contexts.current();
                channel.eventLoop().execute(() -> addHandlers(channel, Optional.of(context)));
              });
    }

    private void addHandlers(SocketChannel channel, Optional<SslContext> context) {
      HttpLimits limits = connections.limits();
      ChannelPipeline pipeline = channel.pipeline();
      context.ifPresent(
          present -> {
            SslHandler ssl = present.newHandler(channel.alloc());
            ssl.setHandshakeTimeoutMillis(limits.request().toMillis());
            pipeline.addLast(ssl);
          });
      HttpDecoderConfig config =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(limits.headerBytes())
              .setMaxHeaderSize(limits.headerBytes());
      pipeline.addLast(new HttpServerCodec(config));
      pipeline.addLast(new ServerConnection(connections));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.warn("a connection could not be set up: {}", Failures.reason(cause));
      context.close();
    }
  }
}
