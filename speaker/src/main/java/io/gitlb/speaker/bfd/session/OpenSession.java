// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/// A machine with its sending socket.
final class OpenSession<K> {

  private final K key;
  private final PortKey at;
  private final BfdSession machine;
  private final EpollDatagramChannel channel;
  private final InetSocketAddress remote;
  private SessionWish wish;

  /// @param at the receiving port that it belongs to
  OpenSession(
      K key,
      PortKey at,
      SessionWish wish,
      BfdSession machine,
      EpollDatagramChannel channel,
      InetSocketAddress remote) {
    this.key = key;
    this.at = at;
    this.wish = wish;
    this.machine = machine;
    this.channel = channel;
    this.remote = remote;
  }

  K key() {
    return key;
  }

  PortKey at() {
    return at;
  }

  BfdSession machine() {
    return machine;
  }

  SessionWish wish() {
    return wish;
  }

  /// Follows a wish that keeps the session.
  void follow(SessionWish other, Instant now) {
    machine.change(other.role());
    if (!other.timers().equals(wish.timers())) {
      machine.change(other.timers());
    }
    if (!other.authentication().equals(wish.authentication())) {
      other.authentication().ifPresent(keys -> machine.replace(keys, now));
    }
    wish = other;
  }

  void close() {
    var _ = channel.close();
  }

  void perform(List<Action> actions, SessionListener<K> listener) {
    for (Action action : actions) {
      switch (action) {
        case Action.Send send -> send(send);
        case Action.Changed changed -> listener.changed(key, machine, changed);
      }
    }
  }

  private void send(Action.Send send) {
    ByteBuf out = channel.alloc().directBuffer(BfdCodec.MAX_OCTETS);
    ByteBuffer octets = out.nioBuffer(0, BfdCodec.MAX_OCTETS);
    machine.encode(send.packet(), octets);
    out.writerIndex(octets.position());
    // What the network refuses is lost as on the wire; the peer's silence tells.
    ChannelFuture _ = channel.writeAndFlush(new DatagramPacket(out, remote));
  }
}
