// SPDX-License-Identifier: Apache-2.0
/// HTTP/1.1 with TLS for everything that talks HTTP: the push to the speakers, their endpoints, the
/// reconciler's API and dashboard. The one place that knows Netty's HTTP.
///
/// **Server.** [HttpServer] hands whole calls to an [HttpHandler] on a virtual thread each, one
/// call a connection at a time, and reads no further before the answer is out: that is the
/// back-pressure. A long poll simply blocks its thread. Sizes, times and the number of connections
/// are bounded by [HttpLimits]; when all places are taken, a new connection displaces the one that
/// idles longest.
///
/// **Client.** [HttpClient] has one server, keeps its connections alive, and blocks the calling
/// (virtual) thread. Every end of a call is an [HttpResult].
///
/// **Who is who.** Reconciler and speakers authenticate each other with certificates of one
/// authority (mutual TLS 1.3, 1.2 allowed). The name is a DNS name in the certificate's subject
/// alternative names; the subject's common name and the address dialled do not count (RFC 9525).
///
/// | Role | Name in its certificate |
/// |---|---|
/// | reconciler | `reconciler.gitlb` |
/// | speaker on node NODE | `NODE.speaker.gitlb` |
///
/// A speaker takes desired states from `reconciler.gitlb` only; the reconciler talks to the speaker
/// of a node only if that speaker's certificate names the node. PEM files are read again when they
/// change, checked with each new connection; if the new ones cannot be used, the old ones stay.
///
/// **Without TLS** a server listens on loopback addresses only and a client talks to them only.
@NullMarked
package io.gitlb.schema.http;

import org.jspecify.annotations.NullMarked;
