// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Calls one server. Blocks the calling thread, a virtual one, until there is a result; as many
/// calls at a time as there are threads, a connection each, which are kept for later calls.
public final class HttpClient implements AutoCloseable {

  /// Connections kept for later; more are closed after use.
  private static final int MAX_IDLE = 2;

  private final HttpClientSettings settings;
  private final ClientConnector connector;

  /// The one used last on top.
  private final Deque<ClientConnection> idle = new ArrayDeque<>();

  private final Set<ClientConnection> busy = new LinkedHashSet<>();
  private boolean closed;

  private HttpClient(HttpClientSettings settings, ClientConnector connector) {
    this.settings = settings;
    this.connector = connector;
  }

  /// Opens nothing yet: the first call does.
  public static HttpClient create(HttpLoops loops, HttpClientSettings settings) {
    return new HttpClient(settings, new ClientConnector(loops, settings));
  }

  /// Sends a call and waits for its answer.
  ///
  /// A call that may be repeated is sent once more when a connection that was kept turns out to be
  /// dead before anything of the answer came.
  ///
  /// @param timeout for the answer, counted from when there is a connection
  public HttpResult send(HttpCall call, Duration timeout) {
    Optional<ClientConnection> kept = takeIdle();
    if (kept.isPresent()) {
      ClientConnection.Exchange exchange = kept.get().exchange(call, timeout);
      giveBack(kept.get());
      if (!(exchange.result() instanceof HttpResult.Unreachable)
          || exchange.answerBegan()
          || !call.method().isIdempotent()
          || Thread.currentThread().isInterrupted()) {
        return exchange.result();
      }
    }
    return sendOnNew(call, timeout);
  }

  private HttpResult sendOnNew(HttpCall call, Duration timeout) {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(settings.host());
    } catch (UnknownHostException _) {
      return new HttpResult.Unreachable("the host name " + settings.host() + " cannot be resolved");
    }
    HttpResult failure = new HttpResult.Unreachable("no address");
    for (InetAddress address : addresses) {
      switch (connector.connect(new InetSocketAddress(address, settings.port()))) {
        case ClientConnector.Connected.Open(ClientConnection connection) -> {
          if (!register(connection)) {
            return new HttpResult.Unreachable("this client is closed");
          }
          HttpResult result = connection.exchange(call, timeout).result();
          giveBack(connection);
          return result;
        }
        case ClientConnector.Connected.Failed(HttpResult result) -> failure = result;
      }
    }
    return failure;
  }

  private synchronized Optional<ClientConnection> takeIdle() {
    while (!idle.isEmpty()) {
      ClientConnection connection = idle.pop();
      if (connection.isUsable()) {
        busy.add(connection);
        return Optional.of(connection);
      }
      connection.close();
    }
    return Optional.empty();
  }

  private synchronized boolean register(ClientConnection connection) {
    if (closed) {
      connection.close();
      return false;
    }
    busy.add(connection);
    return true;
  }

  private synchronized void giveBack(ClientConnection connection) {
    busy.remove(connection);
    if (!closed && connection.isUsable() && idle.size() < MAX_IDLE) {
      idle.push(connection);
    } else {
      connection.close();
    }
  }

  /// Cuts off every connection; calls under way end as unreachable.
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(ClientConnection::close);
    busy.forEach(ClientConnection::close);
    idle.clear();
  }
}
