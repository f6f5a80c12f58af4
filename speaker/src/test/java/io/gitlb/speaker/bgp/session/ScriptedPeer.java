// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Decoding;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.Update;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A router that does what a test tells it, on a loopback address, with plain blocking sockets. All
/// waiting ends after ten seconds with an exception.
public final class ScriptedPeer implements AutoCloseable {

  public static final int ASN = 64512;

  private static final int PATIENCE_MILLIS = 10_000;

  private final ServerSocket server;
  private final List<Conversation> conversations = new ArrayList<>();

  private ScriptedPeer(ServerSocket server) {
    this.server = server;
  }

  public static ScriptedPeer listening() throws IOException {
    return listening(0);
  }

  /// @param port 0 for any free one
  static ScriptedPeer listening(int port) throws IOException {
    return listening(port, "127.0.0.1");
  }

  /// @param port 0 for any free one
  /// @param address of the loopback interface
  public static ScriptedPeer listening(int port, String address) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    // Small, so that a peer that does not read is felt soon.
    server.setReceiveBufferSize(4_096);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    server.setSoTimeout(PATIENCE_MILLIS);
    return new ScriptedPeer(server);
  }

  public int port() {
    return server.getLocalPort();
  }

  public IpAddress address() {
    return IpAddress.of(server.getInetAddress().getHostAddress());
  }

  public Conversation accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    Conversation conversation = new Conversation(socket);
    conversations.add(conversation);
    return conversation;
  }

  /// Accepts and goes through both OPENs and KEEPALIVEs.
  public Conversation establish(Duration holdTime) throws IOException {
    Conversation conversation = accept();
    assertInstanceOf(Open.class, conversation.read());
    conversation.write(open(holdTime));
    assertInstanceOf(Keepalive.class, conversation.read());
    conversation.write(new Keepalive());
    return conversation;
  }

  /// Dials the speaker from that address of ours.
  ///
  /// @param from an address of the loopback interface
  Conversation call(String from, int port) throws IOException {
    return call(from, "127.0.0.1", port);
  }

  /// @param to where the speaker listens
  Conversation call(String from, String to, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!socket.isConnected()) {
      try {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(to), port));
      } catch (ConnectException e) { // not listening yet
        if (System.nanoTime() > deadline) {
          throw e;
        }
        socket.close();
        socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      }
    }
    socket.setSoTimeout(PATIENCE_MILLIS);
    // A test may call thousands of times.
    conversations.removeIf(before -> before.socket.isClosed());
    Conversation conversation = new Conversation(socket);
    conversations.add(conversation);
    return conversation;
  }

  public static Open open(Duration holdTime) {
    return open(holdTime, "198.51.100.1");
  }

  static Open open(Duration holdTime, String identifier) {
    return new Open(
        ASN,
        holdTime,
        (Ipv4) IpAddress.of(identifier),
        List.of(
            new Capability.Multiprotocol(AddressFamily.IPV4_UNICAST),
            new Capability.RouteRefreshRequest(),
            new Capability.FourOctetAs(ASN),
            new Capability.GracefulRestart(Set.of(), Duration.ofMinutes(2), List.of())));
  }

  /// Of a router for IPv4 that has this capability besides, and no other.
  public static Open openWith(Duration holdTime, Capability more) {
    return new Open(
        ASN,
        holdTime,
        (Ipv4) IpAddress.of("198.51.100.1"),
        List.of(
            new Capability.Multiprotocol(AddressFamily.IPV4_UNICAST),
            new Capability.FourOctetAs(ASN),
            more));
  }

  /// Whether nobody dials for so long.
  public boolean isLeftAlone(Duration time) throws IOException {
    return accept(time).isEmpty();
  }

  /// The next connection, if there is one within that time.
  public Optional<Conversation> accept(Duration time) throws IOException {
    server.setSoTimeout(Math.toIntExact(time.toMillis()));
    try {
      return Optional.of(accept());
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    } finally {
      server.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Conversation conversation : conversations) {
      conversation.close();
    }
  }

  /// One connection.
  public static final class Conversation implements AutoCloseable {

    private final Socket socket;
    private final MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16).flip();

    /// prefixes announced and not withdrawn since
    private final Set<IpPrefix> table = new TreeSet<>();

    private int updates;

    private Conversation(Socket socket) {
      this.socket = socket;
    }

    public void write(Message message) throws IOException {
      write(codec.encode(message));
    }

    void write(byte[] octets) throws IOException {
      socket.getOutputStream().write(octets);
    }

    /// The next message.
    public Message read() throws IOException {
      while (true) {
        switch (codec.decode(in)) {
          case Decoding.Decoded(Message message, var _) -> {
            return message;
          }
          case Decoding.Malformed(Notification answer) ->
              throw new AssertionError("the speaker sent what calls for " + answer);
          case Decoding.NeedMore _ -> fill();
        }
      }
    }

    private void fill() throws IOException {
      in.compact();
      int count = 0;
      try {
        count = socket.getInputStream().read(in.array(), in.position(), in.remaining());
      } finally { // Reading may go on after a timeout.
        in.position(in.position() + Math.max(count, 0)).flip();
      }
      if (count < 0) {
        throw new EOFException("the speaker closed the connection");
      }
    }

    /// Whether nothing but KEEPALIVEs comes for so long.
    public boolean saysNothing(Duration time) throws IOException {
      socket.setSoTimeout(Math.toIntExact(time.toMillis()));
      try {
        readBeyondKeepalives();
        return false;
      } catch (SocketTimeoutException _) {
        return true;
      } finally {
        socket.setSoTimeout(PATIENCE_MILLIS);
      }
    }

    /// Reads and forgets on a thread of its own until the connection ends.
    ///
    /// @return when KEEPALIVEs came, as [System#nanoTime] has it; grows
    List<Long> timesOfKeepalives() {
      List<Long> times = new CopyOnWriteArrayList<>();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  while (true) {
                    if (read() instanceof Keepalive) {
                      times.add(System.nanoTime());
                    }
                  }
                } catch (IOException _) {
                  // It has ended.
                }
              });
      return times;
    }

    /// The next message that is no KEEPALIVE.
    public Message readBeyondKeepalives() throws IOException {
      Message message = read();
      while (message instanceof Keepalive) {
        message = read();
      }
      return message;
    }

    public Update readUpdate() throws IOException {
      Update update = assertInstanceOf(Update.class, readBeyondKeepalives());
      updates++;
      table.removeAll(update.withdrawn());
      table.addAll(update.nlri());
      return update;
    }

    public Notification readNotification() throws IOException {
      Message message = readBeyondKeepalives();
      while (message instanceof Update) {
        message = readBeyondKeepalives();
      }
      return assertInstanceOf(Notification.class, message);
    }

    /// Reads UPDATEs until nothing comes for so long.
    void readWhileTold(Duration quiet) throws IOException {
      socket.setSoTimeout(Math.toIntExact(quiet.toMillis()));
      try {
        while (true) {
          readUpdate();
        }
      } catch (SocketTimeoutException _) {
        socket.setSoTimeout(PATIENCE_MILLIS);
      }
    }

    Notification readNotificationBehindOpen() throws IOException {
      assertInstanceOf(Open.class, read());
      return readNotification();
    }

    /// Reads UPDATEs until exactly these prefixes are there.
    void readUntil(Set<IpPrefix> wanted) {
      try {
        while (!table.equals(wanted)) {
          readUpdate();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("has " + table.size() + " prefixes of " + wanted.size(), e);
      }
    }

    /// Goes through both OPENs and KEEPALIVEs.
    public void establish(Open open) throws IOException {
      assertInstanceOf(Open.class, read());
      write(open);
      assertInstanceOf(Keepalive.class, read());
      write(new Keepalive());
    }

    /// UPDATEs read so far.
    int updates() {
      return updates;
    }

    InetAddress remoteAddress() {
      return socket.getInetAddress();
    }

    public boolean isClosedByPeer() throws IOException {
      try {
        while (true) {
          read();
        }
      } catch (EOFException _) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
