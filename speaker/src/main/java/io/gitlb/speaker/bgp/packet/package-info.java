// SPDX-License-Identifier: Apache-2.0
/// The BGP-4 messages and their octets (RFC 4271 section 4). Pure: a ByteBuffer comes in, a byte
/// array goes out, nothing is kept and nothing is read but the slice that was handed in.
///
/// [MessageCodec] cuts one message off a stream and answers with a value: a message, "more octets
/// needed", or the NOTIFICATION that the fault calls for. Faults in path attributes do not end a
/// session any more (RFC 7606): they come beside the message as [AttributeFault]s.
///
/// IANA registries: bgp-parameters, capability-codes, address-family-numbers.
@NullMarked
package io.gitlb.speaker.bgp.packet;

import org.jspecify.annotations.NullMarked;
