// SPDX-License-Identifier: Apache-2.0
/// The speaker's end of the protocol with the reconciler.
///
/// | Call | Answer |
/// |---|---|
/// | `PUT /v1/desired` | 200 stored (also for what is stored already), 409 a higher generation is stored, 422 not for this speaker, 400 not readable, 507 cannot be stored; always a `PushReply` |
/// | `PATCH /v1/desired` with `If-Match: "DIGEST"` | a delta of the state of that digest; the same answers, and 412 when another state is stored or the deltas since the last whole state are as large as it: then the whole is to be sent; 428 without `If-Match` |
/// | `GET /v1/desired` | the stored document without passwords, with the digest of the stored one as ETag; 304 with `If-None-Match`; 404 when there is none |
/// | `POST /v1/probes` | within a second, who uses the addresses asked about (a `ProbeReply`); 400 not readable, 422 too many addresses |
/// | `GET /v1/status?after=SEQUENCE&boot=ID&wait=30s` | the status, as soon as its sequence is not `after` or the boot not `boot`, at the latest after `wait` |
///
/// And for the kubelet, Prometheus and people on the node, on a listener of their own: `/healthz`,
/// `/readyz`, `/metrics`, and below `/v1/show` what `gitlb speaker show` prints.
///
/// [Acceptance] decides, purely, what becomes of a pushed state. [DesiredReceiver] stores it before
/// it is acknowledged and hands it to the [DesiredStateSink] on one thread afterwards: *stored* is
/// not *applied*, and the [StatusBoard] tells both. States that come faster than they are applied
/// are skipped; the newest always gets its turn.
@NullMarked
package io.gitlb.speaker.receive;

import org.jspecify.annotations.NullMarked;
