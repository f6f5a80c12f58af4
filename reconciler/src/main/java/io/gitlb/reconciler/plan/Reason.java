// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

/// Why a Service has what it has, or not: one word for machines, the same in the conditions
/// `gitlb.io/Allocated` and `gitlb.io/Announced`, the Event, the metric and the log. A text, once
/// released, never changes its meaning.
public enum Reason {
  /// It has what it asks for.
  ALLOCATED("Allocated"),
  /// It keeps an address that the definitions no longer give it.
  HELD("Held"),
  /// It has one family of the two that it would like.
  ONE_FAMILY_ONLY("OneFamilyOnly"),
  /// It has fewer addresses of a family than it asks for.
  FEWER_ADDRESSES("FewerAddresses"),
  /// Its new address is recorded and no speaker announces it yet; the old one stays until then.
  MOVE_WAITING("MoveWaiting"),
  /// An annotation under our prefix that means nothing.
  UNKNOWN_ANNOTATION("UnknownAnnotation"),
  /// The sharing key is there and blank, so nothing is shared.
  EMPTY_SHARING_KEY("EmptySharingKey"),
  /// A Suspension keeps everything as it is; what the Service waits for comes after it.
  SUSPENDED("Suspended"),
  /// It is missing together with too many others; it keeps its address.
  MASS_GUARD("MassGuard"),
  /// Somebody else keeps overwriting its status.
  STATUS_FIGHT("StatusFight"),
  /// The ledger's remote has to know first, and is away.
  LEDGER_NOT_PUSHED("LedgerNotPushed"),

  /// It has no cluster IP, so its families are not known.
  NO_CLUSTER_IP("NoClusterIP"),
  /// It requires both families and has cluster IPs of one.
  DUAL_STACK_UNAVAILABLE("DualStackUnavailable"),
  /// An annotation or field of ours that cannot be read.
  MALFORMED_REQUEST("MalformedRequest"),
  /// Two spellings of a request that ask for different things.
  CONFLICTING_REQUESTS("ConflictingRequests"),
  /// More addresses of one family than it may have.
  TOO_MANY_ADDRESSES("TooManyAddresses"),
  /// The address or the pool is of a family that the Service has no cluster IP of.
  WRONG_FAMILY("WrongFamily"),
  /// No pool has that name.
  UNKNOWN_POOL("UnknownPool"),
  /// The address lies in no pool.
  OUTSIDE_POOLS("OutsidePools"),
  /// The address lies in another pool than the one asked for.
  OUTSIDE_REQUESTED_POOL("OutsideRequestedPool"),
  /// The addresses asked for lie in different pools.
  DIFFERENT_POOLS("DifferentPools"),
  /// The pool's serviceAllocation does not admit the Service.
  POOL_RESTRICTED("PoolRestricted"),
  /// The address ends in 0 or 255 and the pool avoids those.
  END_OCTET_AVOIDED("EndOctetAvoided"),
  /// The pool excludes the address.
  EXCLUDED("Excluded"),
  /// A ReservedRange has the address.
  RESERVED("Reserved"),
  /// An advertisement under which the address was announced is gone or narrower.
  ADVERTISEMENT_GONE("AdvertisementGone"),
  /// The pool is being drained: nobody gets a new address of it.
  POOL_DRAINING("PoolDraining"),
  /// The Services of the namespace have as many addresses of the pool as it allows.
  QUOTA_USED("QuotaUsed"),
  /// A PinnedIP gives the address to another Service.
  PINNED_TO_OTHER("PinnedToOther"),
  /// Another Service has the address, or it is not yet withdrawn from one.
  ADDRESS_IN_USE("AddressInUse"),
  /// Somebody else answers for the address on the link.
  CONFLICT("Conflict"),
  /// The address waits for a deleted Service of another name to come back.
  RETAINED_FOR_OTHER("RetainedForOther"),
  /// Who has the address has another sharing key.
  SHARING_KEY_DIFFERS("SharingKeyDiffers"),
  /// Who has the address has the same sharing key and other pods behind it, which matters under
  /// traffic policy Local.
  SHARING_BACKEND_DIFFERS("SharingBackendDiffers"),
  /// Who has the address is in another namespace, and the pool does not say that this may be.
  SHARING_OTHER_NAMESPACE("SharingOtherNamespace"),
  /// Who shares the address has one of the ports.
  PORT_CLASH("PortClash"),
  /// The address is a node's, a pod's, the API server's or a cluster IP.
  CLUSTER_ADDRESS("ClusterAddress"),
  /// Another cluster has leased the block of the shared pool that the address lies in.
  LEASED_ELSEWHERE("LeasedElsewhere"),
  /// Another cluster has the address, or had it until a moment ago.
  OTHER_CLUSTER("OtherCluster"),
  /// The block of the shared pool that it needs is being leased.
  WAITING_FOR_BLOCK("WaitingForBlock"),

  /// There is no pool at all.
  NO_POOL("NoPool"),
  /// No pool that admits the Service has a free address; the message says why for each.
  NO_FREE_ADDRESS("NoFreeAddress"),
  /// Every address of the pool is taken.
  POOL_FULL("PoolFull"),
  /// The pool is only for Services that ask for it.
  ON_REQUEST_ONLY("OnRequestOnly"),

  /// It is announced; software on another node of the cluster announces it too.
  OTHER_ANNOUNCER_ON_NODE("OtherAnnouncerOnNode"),
  /// It is announced; the kernels of nodes answer for it too, since strictARP is off.
  KERNEL_ANSWERS("KernelAnswers"),
  /// At least one node announces every address.
  ANNOUNCED("Announced"),
  /// It is announced as before, from another node. Users of MetalLB look for Events of this name.
  NODE_ASSIGNED("nodeAssigned"),
  /// Handed to the speakers; none has said yet that it announces.
  PENDING("Pending"),
  /// It has no address.
  NOT_ALLOCATED("NotAllocated"),
  /// Its pool says that nobody announces its addresses.
  ANNOUNCING_OFF("AnnouncingOff"),
  /// No advertisement is for its pool and for the Service.
  NO_ADVERTISEMENT("NoAdvertisement"),
  /// No node may announce: node selectors, the exclude label.
  NO_ELIGIBLE_NODE("NoEligibleNode"),
  /// On no node that may announce an interface has the address on its link.
  NOT_ON_LINK("NotOnLink"),
  /// No node that may announce has a speaker.
  NO_SPEAKER("NoSpeaker"),
  /// It has no endpoint that serves.
  NO_ENDPOINT("NoEndpoint"),
  /// Under traffic policy Local no node that may announce has an endpoint that serves.
  NO_LOCAL_ENDPOINT("NoLocalEndpoint"),
  /// A BGPAdvertisement is for it, but no node has a peer to tell.
  NO_PEER("NoPeer"),
  /// A speaker that should announce says that it does not.
  NOT_ANNOUNCED("NotAnnounced");

  private final String text;

  Reason(String text) {
    this.text = text;
  }

  /// CamelCase, as machines read it.
  public String text() {
    return text;
  }
}
