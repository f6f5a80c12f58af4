// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/// Answers address resolution on one interface. Owned by the thread that captures there.
public final class Responder {

  private final MacAddress ownMac;
  private final ReplyBudget budget = new ReplyBudget();
  private final NeighborResponder neighbors;

  /// @param ownMac the interface's hardware address: the one that is told
  public Responder(MacAddress ownMac) {
    this.ownMac = ownMac;
    this.neighbors = new NeighborResponder(ownMac, budget);
  }

  /// Judges one captured frame.
  ///
  /// @param frame from its first octet; may be cut at the capture length, trailing octets are
  ///   ignored
  /// @param table in force when the frame came
  /// @param now for the limit on replies only
  public Heard hear(ByteBuffer frame, AnswerTable table, Instant now) {
    return switch (EthernetFrame.decode(frame)) {
      case EthernetFrame.Decoding.Undecodable(DropReason reason) -> Heard.drop(reason);
      case EthernetFrame.Decoding.Decoded(EthernetFrame decoded) ->
          switch (decoded.payload()) {
            case ArpPacket packet -> hearArp(decoded, packet, table, now);
            case NeighborSolicitation solicitation ->
                neighbors.hear(decoded, solicitation, table, now);
            case NeighborAdvertisement advertisement ->
                neighbors.hear(decoded, advertisement, table);
          };
    };
  }

  /// The verdict of [#hear] alone.
  public Verdict answer(ByteBuffer frame, AnswerTable table, Instant now) {
    return hear(frame, table, now).verdict();
  }

  /// A frame of ours is about to leave on this interface: should it come back, it is known. From
  /// any thread.
  public void sending(EthernetFrame frame) {
    neighbors.sent(frame);
  }

  private Heard hearArp(EthernetFrame frame, ArpPacket packet, AnswerTable table, Instant now) {
    if (packet.senderMac().equals(ownMac)) {
      return Heard.drop(DropReason.OWN_FRAME);
    }
    if (packet.senderMac().isGroup() || packet.senderMac().bits() == 0) {
      return Heard.drop(DropReason.SENDER_MAC_INVALID);
    }
    if (!frame.source().equals(packet.senderMac())) {
      return Heard.drop(DropReason.SENDER_MAC_MISMATCH);
    }
    // Routers refresh their cache with unicast requests, so those are answered too.
    if (!frame.destination().equals(MacAddress.BROADCAST) && !frame.destination().equals(ownMac)) {
      return Heard.drop(DropReason.WRONG_DESTINATION);
    }
    return new Heard(answerArp(packet, table, now), sighting(packet, table));
  }

  private static Optional<Sighting> sighting(ArpPacket packet, AnswerTable table) {
    boolean probe =
        packet.senderAddress().bits() == 0 && packet.operation() == ArpPacket.Operation.REQUEST;
    IpAddress address = probe ? packet.targetAddress() : packet.senderAddress();
    SightingKind kind = probe ? SightingKind.PROBE : SightingKind.CLAIM;
    return table.watched().contains(address)
        ? Optional.of(new Sighting(address, packet.senderMac(), kind))
        : Optional.empty();
  }

  private Verdict answerArp(ArpPacket packet, AnswerTable table, Instant now) {
    if (table.isAnnouncedFromThisNode(packet.senderAddress())) {
      return new Verdict.Drop(DropReason.FOREIGN_CLAIM);
    }
    return switch (packet.operation()) {
      case REPLY -> new Verdict.Drop(DropReason.ARP_REPLY);
      case REQUEST -> answerRequest(packet, table, now);
    };
  }

  private Verdict answerRequest(ArpPacket request, AnswerTable table, Instant now) {
    if (!isHostOrProbe(request.senderAddress())) {
      return new Verdict.Drop(DropReason.SENDER_ADDRESS_INVALID);
    }
    if (!table.here().contains(request.targetAddress())) {
      return new Verdict.Drop(
          table.elsewhere().contains(request.targetAddress())
              ? DropReason.OTHER_INTERFACE
              : DropReason.NOT_ANNOUNCED);
    }
    Optional<DropReason> spent = budget.take(request.senderMac(), request.targetAddress(), now);
    if (spent.isPresent()) {
      return new Verdict.Drop(spent.get());
    }
    ArpPacket reply =
        new ArpPacket(
            ArpPacket.Operation.REPLY,
            ownMac,
            request.targetAddress(),
            request.senderMac(),
            request.senderAddress());
    return new Verdict.Reply(new EthernetFrame(request.senderMac(), ownMac, reply));
  }

  /// Whether the address can be a host's, or is the 0.0.0.0 of a probe. A probe for our address
  /// must be answered: that is how it is defended (RFC 5227 section 2.1.1).
  private static boolean isHostOrProbe(Ipv4 address) {
    int firstOctet = address.bits() >>> 24;
    return switch (firstOctet) {
      case 0 -> address.bits() == 0;
      case 127 -> false;
      // Multicast from 224 on, reserved from 240 on, with the limited broadcast address at the end.
      default -> firstOctet < 224;
    };
  }
}
