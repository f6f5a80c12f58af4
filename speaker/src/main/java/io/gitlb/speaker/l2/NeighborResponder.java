// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.NeighborAdvertisement.Flag;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The part of a [Responder] that speaks neighbour discovery (RFC 4861 section 7.2).
final class NeighborResponder {

  private final MacAddress ownMac;
  private final ReplyBudget budget;
  private final SentNonces nonces = new SentNonces();

  NeighborResponder(MacAddress ownMac, ReplyBudget budget) {
    this.ownMac = ownMac;
    this.budget = budget;
  }

  /// A frame leaves on this interface; from any thread.
  void sent(EthernetFrame frame) {
    if (frame.payload() instanceof NeighborSolicitation solicitation) {
      solicitation.nonce().ifPresent(nonces::add);
    }
  }

  private boolean isOurs(OptionalLong nonce) {
    return nonce.isPresent() && nonces.contains(nonce.getAsLong());
  }

  Heard hear(
      EthernetFrame frame, NeighborSolicitation solicitation, AnswerTable table, Instant now) {
    Optional<DropReason> fault = judge(frame, solicitation.sourceMac(), solicitation.destination());
    if (fault.isPresent()) {
      return Heard.drop(fault.get());
    }
    // A copy of our own probe that something on the way sent back (RFC 7527 section 4.2).
    if (solicitation.isProbe() && isOurs(solicitation.nonce())) {
      return Heard.drop(DropReason.OWN_FRAME);
    }
    Optional<Sighting> sighting =
        solicitation.isProbe()
            ? sighting(solicitation.target(), frame.source(), SightingKind.PROBE, table)
            : sighting(solicitation.source(), frame.source(), SightingKind.CLAIM, table);
    return new Heard(answer(frame, solicitation, table, now), sighting);
  }

  Heard hear(EthernetFrame frame, NeighborAdvertisement advertisement, AnswerTable table) {
    // A proxy may speak for another hardware address, so that this one may differ from the frame's.
    Optional<DropReason> fault = judge(frame, Optional.empty(), advertisement.destination());
    MacAddress claimed = advertisement.targetMac().orElse(frame.source());
    if (fault.isEmpty() && claimed.equals(ownMac)) {
      fault = Optional.of(DropReason.OWN_FRAME);
    }
    if (fault.isPresent()) {
      return Heard.drop(fault.get());
    }
    DropReason reason =
        table.isAnnouncedFromThisNode(advertisement.target())
            ? DropReason.FOREIGN_CLAIM
            : DropReason.NEIGHBOR_ADVERTISEMENT;
    return new Heard(
        new Verdict.Drop(reason),
        sighting(advertisement.target(), claimed, SightingKind.CLAIM, table));
  }

  private Optional<DropReason> judge(
      EthernetFrame frame, Optional<MacAddress> saidMac, Ipv6 destination) {
    if (frame.source().equals(ownMac)) {
      return Optional.of(DropReason.OWN_FRAME);
    }
    if (frame.source().isGroup() || frame.source().bits() == 0) {
      return Optional.of(DropReason.SENDER_MAC_INVALID);
    }
    if (saidMac.isPresent() && !saidMac.get().equals(frame.source())) {
      return Optional.of(DropReason.SENDER_MAC_MISMATCH);
    }
    boolean toGroup =
        Ipv6Groups.isMulticast(destination)
            && frame.destination().equals(Ipv6Groups.macOf(destination));
    return toGroup || frame.destination().equals(ownMac)
        ? Optional.empty()
        : Optional.of(DropReason.WRONG_DESTINATION);
  }

  private Verdict answer(
      EthernetFrame frame, NeighborSolicitation solicitation, AnswerTable table, Instant now) {
    Ipv6 target = solicitation.target();
    if (table.isAnnouncedFromThisNode(solicitation.source())) {
      return new Verdict.Drop(DropReason.FOREIGN_CLAIM);
    }
    if (!solicitation.isProbe() && !Ipv6Groups.isHost(solicitation.source())) {
      return new Verdict.Drop(DropReason.SENDER_ADDRESS_INVALID);
    }
    if (!table.here().contains(target)) {
      return new Verdict.Drop(
          table.elsewhere().contains(target)
              ? DropReason.OTHER_INTERFACE
              : DropReason.NOT_ANNOUNCED);
    }
    if (table.source().isEmpty()) {
      return new Verdict.Drop(DropReason.NO_LINK_LOCAL);
    }
    Optional<DropReason> spent = budget.take(frame.source(), target, now);
    if (spent.isPresent()) {
      return new Verdict.Drop(spent.get());
    }
    return new Verdict.Reply(reply(frame, solicitation, table.source().get()));
  }

  /// One who has no address yet is answered through everybody; all others alone, also when they ask
  /// without their hardware address, as they do to see whether we are still there. The answer to
  /// one comes from the address itself, as a kernel answers: some tools take it from no other.
  private EthernetFrame reply(EthernetFrame frame, NeighborSolicitation solicitation, Ipv6 source) {
    if (solicitation.isProbe()) {
      return GratuitousAnnouncement.advertisement(solicitation.target(), source, ownMac);
    }
    return new EthernetFrame(
        frame.source(),
        ownMac,
        new NeighborAdvertisement(
            solicitation.target(),
            solicitation.source(),
            solicitation.target(),
            Set.of(Flag.SOLICITED, Flag.OVERRIDE),
            Optional.of(ownMac)));
  }

  private static Optional<Sighting> sighting(
      Ipv6 address, MacAddress mac, SightingKind kind, AnswerTable table) {
    return table.watched().contains(address)
        ? Optional.of(new Sighting(address, mac, kind))
        : Optional.empty();
  }
}
