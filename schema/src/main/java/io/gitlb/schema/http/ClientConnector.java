// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Opens connections to one server.
// What a close or a write came to shows in channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientConnector {

  private final HttpLoops loops;
  private final HttpClientSettings settings;

  /// Made when first needed; the PEM files may come later than we do.
  private @Nullable TlsContexts tls;

  ClientConnector(HttpLoops loops, HttpClientSettings settings) {
    this.loops = loops;
    this.settings = settings;
  }

  /// What came of connecting.
  sealed interface Connected {

    record Open(ClientConnection connection) implements Connected {}

    /// @param result unreachable or timed out
    record Failed(HttpResult result) implements Connected {}
  }

  /// Blocks until TLS is up.
  Connected connect(InetSocketAddress address) {
    return switch (settings.security()) {
      case ClientSecurity.Plaintext() ->
          address.getAddress().isLoopbackAddress()
              ? connect(address, Optional.empty())
              : unreachable(
                  "without TLS only loopback addresses are talked to, not "
                      + address.getHostString());
      case ClientSecurity.MutualTls(TlsIdentity identity, PeerNames server) ->
          switch (contexts(identity, server)) {
            case TlsContexts.Opened.Usable(TlsContexts contexts) ->
                connect(address, Optional.of(contexts.current()));
            case TlsContexts.Opened.Unusable(String message) -> unreachable(message);
          };
    };
  }

  private synchronized TlsContexts.Opened contexts(TlsIdentity identity, PeerNames server) {
    if (tls != null) {
      return new TlsContexts.Opened.Usable(tls);
    }
    TlsContexts.Opened opened = TlsContexts.open(identity, new TlsContexts.Role.Client(server));
    if (opened instanceof TlsContexts.Opened.Usable(TlsContexts contexts)) {
      tls = contexts;
    }
    return opened;
  }

  private Connected connect(InetSocketAddress address, Optional<SslContext> tlsContext) {
    ClientConnection connection = new ClientConnection(authority());
    int timeoutMillis = (int) settings.connectTimeout().toMillis();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops.group())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            // A server that refuses our certificate closes while we write the request; the alert
            // that says so can still be read.
            .option(ChannelOption.AUTO_CLOSE, false)
            .handler(new Pipeline(connection, tlsContext));
    settings.source().ifPresent(source -> bootstrap.localAddress(source, 0));
    ChannelFuture connected = bootstrap.connect(address);
    Connected result = await(connected, connection);
    if (result instanceof Connected.Failed) {
      connected.cancel(false);
      connected.channel().close();
    }
    return result;
  }

  private Connected await(ChannelFuture connected, ClientConnection connection) {
    try {
      connected.await();
      if (!connected.isSuccess()) {
        return failed(connected);
      }
      @Nullable SslHandler ssl = connected.channel().pipeline().get(SslHandler.class);
      if (ssl != null) {
        Future<?> handshake = ssl.handshakeFuture().await();
        if (!handshake.isSuccess()) {
          return failed(handshake);
        }
      }
      return new Connected.Open(connection);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return unreachable("interrupted");
    }
  }

  private Connected failed(Future<?> future) {
    @Nullable Throwable cause = future.cause();
    if (cause == null) {
      return unreachable("cancelled");
    }
    if (cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException) {
      return new Connected.Failed(
          new HttpResult.TimedOut(
              "no connection within " + settings.connectTimeout().toMillis() + " ms"));
    }
    return new Connected.Failed(
        new HttpResult.Unreachable(Failures.reason(cause), Failures.kind(cause)));
  }

  private static Connected unreachable(String reason) {
    return new Connected.Failed(new HttpResult.Unreachable(reason));
  }

  private String authority() {
    String host = settings.host();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + settings.port();
  }

  private final class Pipeline extends ChannelInitializer<SocketChannel> {

    private final ClientConnection connection;
    private final Optional<SslContext> tlsContext;

    Pipeline(ClientConnection connection, Optional<SslContext> tlsContext) {
      this.connection = connection;
      this.tlsContext = tlsContext;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      ChannelPipeline pipeline = channel.pipeline();
      tlsContext.ifPresent(
          present -> {
            SslHandler ssl = present.newHandler(channel.alloc());
            ssl.setHandshakeTimeoutMillis(settings.connectTimeout().toMillis());
            pipeline.addLast(ssl);
          });
      pipeline.addLast(new HttpClientCodec());
      pipeline.addLast(new ClientConnection.AnswerBegins(connection));
      pipeline.addLast(new HttpObjectAggregator(settings.bodyBytes(), true));
      pipeline.addLast(connection);
    }
  }
}
