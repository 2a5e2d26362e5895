# A formula for Homebrew. "deno task release --url URL" fills it in; to see that it works:
#   brew install --formula ./chatroom.rb && brew test chatroom && brew services start chatroom
class Chatroom < Formula
  desc "Chat server and its client for your own machines"
  homepage "@URL@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@URL@/chatroom-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256_MAC_ARM@"
    end
    on_intel do
      url "@URL@/chatroom-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256_MAC_INTEL@"
    end
  end
  on_linux do
    on_arm do
      url "@URL@/chatroom-@VERSION@-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256_LINUX_ARM@"
    end
    on_intel do
      url "@URL@/chatroom-@VERSION@-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256_LINUX_INTEL@"
    end
  end

  def install
    bin.install "chatroom"
    man1.install "chatroom.1"
    bash_completion.install "completions/chatroom.bash" => "chatroom"
    zsh_completion.install "completions/_chatroom"
    fish_completion.install "completions/chatroom.fish"
  end

  service do
    run [opt_bin/"chatroom", "serve", "--data", var/"chatroom"]
    keep_alive successful_exit: false
    log_path var/"log/chatroom.log"
    error_log_path var/"log/chatroom.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/chatroom --version")
    data = testpath/"data"
    server = spawn bin/"chatroom", "serve", "--port", "12345", "--data", data
    sleep 3
    system bin/"chatroom", "send", "--server", "127.0.0.1:12345", "--name", "ann", "hello"
  ensure
    Process.kill "TERM", server if server
  end
end
