/** Types for the part of `ws` in use; the package has none of its own. */

declare module "ws" {
  import type { Buffer } from "node:buffer";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  /** The server's end of a WebSocket. */
  export class WebSocket {
    on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: "ping" | "pong", listener: (data: Buffer) => void): this;
    on(event: "close", listener: (code: number, reason: Buffer) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
    /** 1 while it is open, 2 while it is being closed, 3 when it is closed. */
    readonly readyState: number;
    /** The subprotocol that was agreed on; empty for none. */
    readonly protocol: string;
    /** Says goodbye; the socket is closed when the peer has answered. */
    close(code: number, reason: string): void;
    /** Closes the socket at once. */
    terminate(): void;
    /** Reads nothing more until `resume`; what has been read may still come as messages. */
    pause(): void;
    resume(): void;
  }

  /** Takes over sockets on which an HTTP client asked for a WebSocket. */
  export class WebSocketServer {
    constructor(options: {
      readonly noServer: true;
      readonly clientTracking: boolean;
      readonly perMessageDeflate: boolean;
      /** The subprotocol of those that were asked for, in the client's order; `false` for none. */
      readonly handleProtocols: (asked: ReadonlySet<string>) => string | false;
      readonly autoPong: boolean;
      /** The largest message, in bytes. */
      readonly maxPayload: number;
      /** Fragments of one message at most; more end it with code 1008. */
      readonly maxFragments: number;
      /** Pieces read from the socket that wait for the rest of a fragment; as above. */
      readonly maxBufferedChunks: number;
    });
    /** Each WebSocket is made with what stands here then. */
    readonly options: { maxPayload: number };
    /** The request is not in order; the listener is to answer it and close. */
    on(event: "wsClientError", listener: (error: Error, socket: Duplex) => void): this;
    /** Calls back before it returns, unless the request is not in order. */
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      callback: (socket: WebSocket) => void,
    ): void;
  }
}
