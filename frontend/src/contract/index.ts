/** The contract's types, and the names that its unions go by. */
import type * as wire from "./types";

export type * from "./types";
export type RunEvent = wire.Event;
export type Panel = wire.Result["panels"][number];
export type PanelKind = Panel["kind"];
export type PanelOf<K extends PanelKind> = Extract<Panel, { kind: K }>;
export type State = wire.JobState["state"];
export type Scale = wire.Track["scale"];
export type Domain = wire.Track["domain"];
export type Segment = NonNullable<wire.Unit["segment"]>;
