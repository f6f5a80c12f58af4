// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.speaker.bfd.Action;
import io.gitlb.speaker.bfd.BfdCodec;
import io.gitlb.speaker.bfd.BfdSession;
import io.gitlb.speaker.bfd.Diagnostic;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A machine with its sending socket.
///
/// @param at the receiving port that it belongs to
record OpenSession(
    LivenessTarget target,
    PortKey at,
    BfdSession machine,
    EpollDatagramChannel channel,
    InetSocketAddress remote) {

  void perform(List<Action> actions, LivenessListener listener) {
    for (Action action : actions) {
      switch (action) {
        case Action.Send send -> send(send);
        case Action.Changed changed ->
            listener.contact(
                target,
                changed.to(),
                Optional.of(changed.diagnostic()).filter(why -> why != Diagnostic.NONE));
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
