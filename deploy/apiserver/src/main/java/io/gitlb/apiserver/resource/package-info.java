// SPDX-License-Identifier: Apache-2.0
/// What kinds of objects there are, how they are named, selected and refused. One table of kinds
/// ([io.gitlb.apiserver.resource.ResourceKinds]) replaces code per kind. Pure: the JDK and the JSON
/// tree only, no clock, no thread, no I/O.
@NullMarked
package io.gitlb.apiserver.resource;

import org.jspecify.annotations.NullMarked;
